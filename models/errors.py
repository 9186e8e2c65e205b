"""What can go wrong with the database itself.

ModelsError
├── UnsupportedDatabase   the address names a database this version cannot use
└── NewerSchema           a newer version of the program has already changed the tables
"""


class ModelsError(Exception):
    """The database cannot be used."""


class UnsupportedDatabase(ModelsError):
    """The address names a database this version cannot use."""


class NewerSchema(ModelsError):
    """A newer version of the program has already changed the tables."""
