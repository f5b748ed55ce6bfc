"""Saved models that the site offers: to look at in Netron, and to download.

    ```model
    garments.train
    name: garments
    ```

The fence names a snippet whose value is kept, and the file is the very one that `keep` has.
Without a name of its own it gets the lesson's. The fence becomes an empty place in the
page, which is filled where the site has the files: only MkDocs writes them.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path

from cnnguide import keep
from cnnguide.engine import fences, netron
from cnnguide.engine.build import Engine
from cnnguide.engine.errors import BadReference, EngineError

NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
PLACE = re.compile(
    r'<p class="model-row" data-model="(?P<reference>[^"]*)" data-name="(?P<name>[^"]*)" '
    r"hidden></p>"
)
LOOK = "Look at this model in Netron"


@dataclass(frozen=True)
class Offer:
    """A model that a page offers.

    Args:
        reference: the snippet whose value it is, or is in.
        name: of its file, without the ending.
    """

    reference: str
    name: str

    @property
    def file(self) -> str:
        """The file's name.

        >>> Offer("garments.train", "garments").file
        'garments.keras'
        """
        return f"{self.name}.keras"

    @property
    def path(self) -> str:
        """The file below the site."""
        return f"models/{self.file}"

    @property
    def query(self) -> str:
        """What follows the address of Netron, so that it opens the model."""
        return f"?url=../{self.path}"


def read(fence: fences.Fence) -> Offer:
    """Understand a fence: the reference, and maybe the file's name.

    Raises:
        BadReference: it is empty or never closed, or says something else.
    """
    example = "whose value is a model"
    reference, options, rest = fences.parts(fence, "model", example)
    name = reference.partition(".")[0].replace("_", "-")
    for line in (*options, *rest):
        option, _, name = (part.strip() for part in line.partition(":"))
        if option != "name" or not NAME.fullmatch(name):
            raise BadReference(
                'expected "name: " and the name of a file, such as "name: garments"; '
                f'got "{line}"'
            )
    return Offer(reference, name)


def place(offer: Offer) -> str:
    """Where the links to a model shall stand, as HTML."""
    reference, name = escape(offer.reference), escape(offer.name)
    return f'<p class="model-row" data-model="{reference}" data-name="{name}" hidden></p>'


def sentence(offer: Offer) -> str:
    """The same in a notebook, as Markdown: the model is at hand there."""
    return f"[{LOOK}](netron/{offer.query})."


def filled(html: str, engine: Engine, link: Callable[[str], str]) -> str:
    """A page with the links in their places.

    Args:
        html: of the page.
        engine: whose store has the models.
        link: gives for a path below the site its address on the page.

    Raises:
        EngineError: there is no such model, or no Netron.
    """

    def row(match: re.Match[str]) -> str:
        offer = Offer(match["reference"], match["name"])
        netron.files()
        weight = size(kept(engine, offer.reference).stat().st_size)
        look = f'<a href="{escape(link("netron/") + offer.query)}">{LOOK}</a>'
        load = f'<a href="{escape(link(offer.path))}" download>Download {offer.file}</a>'
        return (
            f'<p class="model-row" data-search-exclude>{look} '
            f"<span>{load} ({weight})</span></p>"
        )

    return PLACE.sub(row, html)


def size(count: int) -> str:
    """Bytes in words.

    >>> size(84_412), size(5_099_627)
    ('84 kB', '5.1 MB')
    """
    return f"{count / 1e6:.1f} MB" if count >= 1e6 else f"{count / 1e3:.0f} kB"


def files(
    engine: Engine, sources: Iterable[Path]
) -> tuple[dict[str, bytes | Path], list[EngineError]]:
    """What the site holds for the offers of its pages, and what went wrong.

    Args:
        engine: whose store has the models.
        sources: the pages' Markdown files. Ill-formed fences are passed over.

    Returns:
        Path below the site → content, or the file that has it; errors.
    """
    found: dict[str, bytes | Path] = {}
    taken: dict[str, str] = {}
    errors: list[EngineError] = []
    for where, offer in _offers(sources):
        try:
            if taken.setdefault(offer.name, offer.reference) != offer.reference:
                raise BadReference(
                    f"{offer.file} is the model of {taken[offer.name]} already; give "
                    f'that of {offer.reference} another name, "name: …"'
                )
            found[offer.path] = kept(engine, offer.reference)
        except EngineError as error:
            errors.append(error.at(where))
    if found:
        try:
            viewer = netron.files()
        except EngineError as error:
            errors.append(error)
        else:
            found |= {f"netron/{name}": content for name, content in viewer.items()}
    return found, errors


def _offers(sources: Iterable[Path]) -> Iterator[tuple[str, Offer]]:
    """Each offer and where it stands."""
    for page in sources:
        for fence in fences.scan(fences.on_page(page), kind="model"):
            try:
                yield f"{page}:{fence.first}", read(fence)
            except EngineError:
                continue


def kept(engine: Engine, reference: str) -> Path:
    """The file of the model in a snippet's kept value. What is lost is made again.

    Raises:
        BadReference: the snippet's value is not kept, or has no model or several.
        EngineError: the snippet cannot run.
    """
    plan = engine.plan(reference)
    if not plan.snippet.kept:
        raise BadReference(f"{reference} keeps no value; a model needs @keep.once")
    engine.result(reference)  # raises where the snippet has just failed
    folder = engine.store.kept(reference, plan.key.digest)
    sound = keep.manifest(folder)
    if sound is None:
        outcome = engine.refresh([reference], force=True)[reference]
        if isinstance(outcome, EngineError):
            raise outcome
        sound = keep.manifest(folder)
    models = [name for name in sound["checksums"] if name.endswith(".keras")]
    if len(models) != 1:
        raise BadReference(
            f"expected one model in the value of {reference}; got {len(models)}"
        )
    return folder / models[0]
