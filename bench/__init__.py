"""How fast it is: run by `make bench`, results under bench/results/."""
