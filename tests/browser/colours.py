"""Colours as a browser computes them."""

import re


def channels(colour: str) -> list[float]:
    """Red, green, blue from 0 to 1, and how opaque, of a computed colour."""
    numbers = [float(number) for number in re.findall(r"[\d.]+", colour)]
    red, green, blue, *alpha = numbers
    return [red / 255, green / 255, blue / 255, *(alpha or [1.0])]


def luminance(colour: str) -> float:
    """WCAG's relative luminance."""
    linear = [
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in channels(colour)[:3]
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(colour: str, ground: str) -> float:
    """WCAG's contrast of a colour, laid over the ground as far as it is opaque."""
    *ink, alpha = channels(colour)
    *paper, _ = channels(ground)
    mixed = [255 * (alpha * i + (1 - alpha) * p) for i, p in zip(ink, paper, strict=True)]
    dark, light = sorted([luminance(f"rgb{tuple(mixed)}"), luminance(ground)])
    return (light + 0.05) / (dark + 0.05)
