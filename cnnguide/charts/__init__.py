"""Figures that lessons share. Each carries a description made from its data.

A module for each subject; what lessons use of them is named here.
"""

from cnnguide.charts.base import PALETTE, RIGHT, WIDTH, WRONG, describe, picture
from cnnguide.charts.pictures import feature_maps, picture_grid
from cnnguide.charts.predictions import confusion_matrix, prediction_bars, top_three
from cnnguide.charts.training import class_balance, training_curves

__all__ = [
    "PALETTE",
    "RIGHT",
    "WIDTH",
    "WRONG",
    "class_balance",
    "confusion_matrix",
    "describe",
    "feature_maps",
    "picture",
    "picture_grid",
    "prediction_bars",
    "top_three",
    "training_curves",
]
