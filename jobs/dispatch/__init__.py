"""Ways to carry a job's id to a worker."""
