"""What we remember: tables, permitted moves, named queries that never commit, and the database."""
