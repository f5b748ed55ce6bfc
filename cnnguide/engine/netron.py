"""Netron, the viewer for saved models, as a part of the site.

Its files come from its Python package at build time, of which nothing is imported: those
that a Keras model needs, without what asks other hosts, sets cookies or reports usage, and
its licence beside them. A policy in its page forbids all other hosts besides.
"""

import functools
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from pathlib import Path

from cnnguide.engine.errors import BadPackage

VERSION = "9.3.3"  # whose files the cuts are made for
FILES = (
    *("index.html", "index.js", "favicon.ico"),
    *("base.js", "browser.js", "view.js", "grapher.css", "grapher.js"),
    *("dagre.js", "worker.js"),  # the layout of graphs
    *("keras.js", "keras-metadata.json", "hdf5.js", "json.js", "text.js", "zip.js"),
    *("flatbuffers.js", "protobuf.js", "tar.js", "xml.js"),  # say what else a file may be
    "python.js",  # loaded when a reader saves weights as a file of NumPy
)
LICENCE = "LICENSE.txt"
POLICY = "; ".join(
    (
        "default-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' blob: data:",
        *(f"{kind}-src 'none'" for kind in ("frame", "object")),
        *(f"{what} 'none'" for what in ("base-uri", "form-action")),
    )
)


@dataclass(frozen=True)
class Cut:
    """A piece of a file that the site has otherwise, or not at all.

    Args:
        what: it is for, in messages.
        file: in which it stands.
        first: how the piece begins; stands in the file once.
        last: how it ends; nothing if it is just `first`.
        new: what stands there instead.
    """

    what: str
    file: str
    first: str
    last: str = ""
    new: str = ""

    def made(self, text: str) -> str:
        """The file's text with the piece cut out.

        Raises:
            BadPackage: the piece does not stand there, or more than once.
        """
        before, found, after = text.partition(self.first)
        rest = after.partition(self.last)[2] if self.last else after
        if not found or self.first in after or self.last not in after:
            raise BadPackage(
                f"Netron's {self.file} is not as expected where it has "
                f'"{self.what}"; {_versions()}'
            )
        return before + self.new + rest


CUTS = (
    Cut(
        "the policy on other hosts",
        "index.html",
        "script-src 'self'; frame-src 'none'",
        new=POLICY,
    ),
    Cut(
        "icons for home screens",
        "index.html",
        '<link rel="icon" type="image/png"',
        '<link rel="fluid-icon" type="image/png" href="icon.png">\n',
    ),
    Cut(
        "what is loaded at the start",
        "index.js",
        "['view'],\n",
        "'python']\n",
        "['view'], ['json', 'hdf5', 'grapher', 'browser'], ['base', 'text', 'zip']\n",
    ),
    Cut("telemetry", "base.js", "base.Telemetry = class {", "\n};\n\n"),
    Cut("export of telemetry", "base.js", "export const Telemetry = base.Telemetry;\n"),
    Cut(
        "endings of files",
        "base.js",
        "'onnx', 'tflite', 'pb',",
        "'tar', 'zip'\n",
        "'keras', 'h5', 'hdf5', 'json'\n",
    ),
    Cut(
        "start of telemetry",
        "browser.js",
        "        this._telemetry = new base.Telemetry(this._window);\n",
    ),
    Cut(
        "age, consent and usage",
        "browser.js",
        "        const age = async () => {\n",
        "        await capabilities();\n",
    ),
    Cut(
        "addresses at other hosts",
        "browser.js",
        "const location = url\n",
        "'https://huggingface.co/$1/resolve/$2');\n",
        "const location = url;\n",
    ),
    # A reader who looks at a model of the site shall be able to open one of their own.
    Cut(
        "an end of the start with a model",
        "browser.js",
        "const status = await this._openModel(location, identifier);\n",
        "                }\n",
        "this._shown = await this._openModel(location, identifier) === '';\n",
    ),
    Cut(
        "the first screen",
        "browser.js",
        "        this._view.show('welcome');\n    }\n\n    environment(name) {\n",
        new="        if (!this._shown) {\n            this._view.show('welcome');\n"
        "        }\n    }\n\n    environment(name) {\n",
    ),
    Cut(
        "a gist in the address",
        "browser.js",
        "        const gist = params.get('gist');\n",
        "            return;\n        }\n",
    ),
    Cut(
        "loading a gist",
        "browser.js",
        "    async _openGist(gist) {\n",
        "\n    }\n\n",
    ),
    Cut(
        "files kept at GitHub",
        "browser.js",
        "            if (url.startsWith('https://raw.githubusercontent.com/')",
        "\n            }\n",
    ),
    Cut(
        "usage of a model",
        "browser.js",
        "identifier, name, stream);\n            this._telemetry",
        ".set('session_engaged', 1);\n",
        "identifier, name, stream);\n",
    ),
    Cut(
        "usage of a file",
        "browser.js",
        "        this._telemetry.set('session_engaged', 1);\n        try {\n",
        new="        try {\n",
    ),
    Cut(
        "reports of errors and events",
        "browser.js",
        "    exception(error, fatal) {\n",
        "            this._telemetry.send(name, params);\n        }\n    }\n",
        "    exception() {\n    }\n\n    event() {\n    }\n",
    ),
    Cut(
        "cookies",
        "browser.js",
        "    _setCookie(name, value, days) {\n",
        "        return '';\n    }\n\n",
    ),
    Cut(
        "reports of issues",
        "browser.js",
        "            case 'report-issue': {\n",
        "                break;\n            }\n",
    ),
    Cut(
        "issues in the menu",
        "view.js",
        "                help.add({\n                    label: 'Report &Issue',\n",
        "                });\n",
    ),
    Cut(
        "issues in messages",
        "view.js",
        "        const repository = this._host.environment('repository');\n",
        "            this._host.openURL(url);\n        }\n",
        "        await this._host.message(error.message, true, 'OK');\n",
    ),
    Cut(
        "formats",
        "view.js",
        "        this.register('./message'",
        "        this.register('', ['.cambricon', '.vnnmodel', '.nnc']);\n",
        "        this.register('./keras', ['.keras', '.h5', '.hdf5', '.json'], ['.zip'], "
        "[/^\\x89HDF\\r\\n\\x1A\\n/]);\n",
    ),
    Cut(
        "loading other formats early",
        "view.js",
        "        if (this._host.type === 'Browser' || this._host.type === 'Python') {\n",
        "            ]);\n        }\n",
    ),
    Cut("loading Python early", "keras.js", "import * as python from './python.js';\n"),
    Cut(
        "Python for pickles",
        "keras.js",
        "const execution = new python.Execution();",
        new="const python = await import('./python.js');\n"
        "                const execution = new python.Execution();",
    ),
    Cut(
        "an error of Python", "keras.js", "throw new python.Error(", new="throw new Error("
    ),
)


@functools.cache
def files() -> dict[str, bytes]:
    """What the site's `netron` folder holds: name → content.

    Raises:
        BadPackage: Netron is not installed, or another version whose files differ.
    """
    folder = _folder()
    found = {name: _read(folder / name) for name in FILES}
    for file in dict.fromkeys(cut.file for cut in CUTS):
        text = found[file].decode()
        for cut in CUTS:
            if cut.file == file:
                text = cut.made(text)
        found[file] = text.encode()
    licence = Path(__file__).parent / "templates" / "netron" / "LICENSE"
    return found | {LICENCE: licence.read_bytes()}


def _folder() -> Path:
    spec = importlib.util.find_spec("netron")
    if spec is None:
        raise BadPackage(f'Netron is not installed: pip install "netron=={VERSION}"')
    return Path(spec.origin).parent


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise BadPackage(f"Netron has no file {path.name}; {_versions()}") from None


def _versions() -> str:
    installed = importlib.metadata.version("netron")
    return f"this course knows Netron {VERSION}, and {installed} is installed"
