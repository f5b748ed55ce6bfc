"""A model file of your own, explained on one page of HTML.

    load          a .keras file, opened with care
    weights       what a file tells whose model cannot be built here
    inputs        which pictures the model takes
    pictures      files become what the model sees
    steps         what each layer makes of a picture
    fields        how much of the picture a layer sees
    architecture  the layers with shapes, parameters and multiply-adds
    answers       the last layer's numbers, read as an answer
    occlusion     what the model looked at
    tiles         kernels, maps and pictures as small PNG
    page          HTML that needs nothing else
    convolutions  kernels and maps on the page
    pictured      a picture, its answer and what counted for it, on the page
    facts         sentences on the model, and on what cannot be shown
    target        the file that the page is written to
    report        all of it together: `report.explain("my.keras", ["cat.jpg"])`

Importing this package loads nothing heavy; its modules load Keras.
"""
