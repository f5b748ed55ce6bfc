"""From a snippet's name to its output: find, script, key, store, run, render."""
