"""A course on convolutional networks whose every code block really ran.

`cnnguide.lessons` holds what readers see: a module per page, a function per snippet.
`cnnguide.data` holds what lessons learn from, `cnnguide.charts` the figures they share,
`cnnguide.labs` what checks a reader's answers, and `cnnguide.keep` keeps trained models
between runs. `cnnguide.engine` finds a snippet,
turns it into the script that readers see, runs that script when something it depends on
has changed, and renders the result; `cnnguide.cli` is its command line.
`cnnguide.export` writes a network for the browser, and `cnnguide.golden` what Keras
computes, which the browser's arithmetic is compared with.
"""
