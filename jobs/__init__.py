"""Between asking and getting: use cases, queue, worker, the painter and decoder children, blobs and sweeps."""
