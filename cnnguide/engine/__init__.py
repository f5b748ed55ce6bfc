"""From a snippet's name to its output on the page: find, script, key, store, run, render."""
