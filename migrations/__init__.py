"""How the tables came to be, one revision a step. Revisions import nothing of ours: they describe the past."""
