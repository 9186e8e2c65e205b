"""Trainings of what ships: the instant network, and the vector of one style. Run them as python -m engine.train."""
