"""What lessons learn from: a module per dataset, each with `load` and `source`.

`load` reads the data. `source` says, without reading them, which data `load` would read
now: a small sample that ships with the package, or with `CNNGUIDE_DATA=full` the full set.
"""
