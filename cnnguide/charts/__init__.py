"""Figures that lessons share. Each carries a description made from its data.

A module for each subject; what lessons use of them is named here.
"""

from cnnguide.charts.base import PALETTE, RIGHT, WIDTH, WRONG, describe, picture
from cnnguide.charts.convolution import (
    channels_at_work,
    kernel_gallery,
    window_at_work,
    window_places,
)
from cnnguide.charts.detection import boxes, heat, neighbours, overlaps
from cnnguide.charts.diagrams import road
from cnnguide.charts.downsampling import (
    pooled_frames,
    pooled_windows,
    shift_curves,
    shifted_maps,
    shrunk_pictures,
)
from cnnguide.charts.flowers import (
    accuracy_gaps,
    answers_without_truth,
    colour_bars,
    colour_grid,
)
from cnnguide.charts.maps import (
    frames_and_changes,
    kernels_and_maps,
    map_mosaic,
    pictures_in_a_row,
    receptive_fields,
    strongest_pieces,
)
from cnnguide.charts.normalization import (
    accuracies_by_epoch,
    averaged_parts,
    picture_rows,
    spread_by_layer,
)
from cnnguide.charts.overfitting import picture_variants, remedies, turning_point
from cnnguide.charts.pictures import feature_maps, picture_grid
from cnnguide.charts.pipelines import pipeline, shuffle_reach
from cnnguide.charts.predictions import confusion_matrix, prediction_bars, top_three
from cnnguide.charts.saving import kept_parts
from cnnguide.charts.training import class_balance, training_curves
from cnnguide.charts.why_convolution import (
    connections,
    moved_maps,
    seen_inputs,
    weight_matrix,
)

__all__ = [
    "PALETTE",
    "RIGHT",
    "WIDTH",
    "WRONG",
    "accuracies_by_epoch",
    "accuracy_gaps",
    "answers_without_truth",
    "averaged_parts",
    "boxes",
    "channels_at_work",
    "class_balance",
    "colour_bars",
    "colour_grid",
    "confusion_matrix",
    "connections",
    "describe",
    "feature_maps",
    "frames_and_changes",
    "heat",
    "kept_parts",
    "kernel_gallery",
    "kernels_and_maps",
    "map_mosaic",
    "moved_maps",
    "neighbours",
    "overlaps",
    "picture",
    "picture_grid",
    "picture_rows",
    "picture_variants",
    "pictures_in_a_row",
    "pipeline",
    "pooled_frames",
    "pooled_windows",
    "prediction_bars",
    "receptive_fields",
    "remedies",
    "road",
    "seen_inputs",
    "shift_curves",
    "shifted_maps",
    "shrunk_pictures",
    "shuffle_reach",
    "spread_by_layer",
    "strongest_pieces",
    "top_three",
    "training_curves",
    "turning_point",
    "weight_matrix",
    "window_at_work",
    "window_places",
]
