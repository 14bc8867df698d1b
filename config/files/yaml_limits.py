"""What a YAML file may hold at most, and values that YAML allows but no definition means."""

from __future__ import annotations

from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer, ComposerError
from ruamel.yaml.constructor import ConstructorError
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from config.files.weighed import UnreadableError
from config.plain_text import LONGEST_NOTE, not_plain, quoted

MOST_BYTES = 256 * 1024
MOST_NODES = 8000
"""Values and keys; Talent Nord has 1,500."""
DEEPEST = 30
LARGEST_NUMBER = 10**9
_MOST_DIGITS = 40
_TOO_LARGE = "is too large a number"


class _LimitedComposer(Composer):
    """Builds the tree of a file's values, up to a number of them, and refuses tags."""

    def __init__(self, loader: Any = None) -> None:
        super().__init__(loader)
        self.warn_double_anchors = False
        self._nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        event = self.parser.peek_event()
        self._nodes += 1
        if self._nodes > MOST_NODES:
            raise ComposerError(
                None, None, f"more than {MOST_NODES} values, too many for a definition", event.start_mark
            )
        if tag := str(getattr(event, "tag", None) or ""):
            tag = quoted(str(tag).replace("tag:yaml.org,2002:", "!!"))
            raise ComposerError(None, None, f"the tag {tag}; leave it out", event.start_mark)
        return super().compose_node(parent, index)


def limited_yaml() -> YAML:
    """Return a reader of YAML 1.2 in plain types that gives up early on what is too deep or too much."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Composer = _LimitedComposer
    yaml.max_depth = DEEPEST
    return yaml


def composed(yaml: YAML, text: str) -> Node | None:
    """Return the tree of a file's values, ``None`` for a blank file.

    Raises ``YAMLError``, and ``UnreadableError`` for whatever else the library stumbles over, for a part that holds
    itself or that its aliases make larger than a file may be, and for keys that are no words.
    """
    try:
        root: Node | None = yaml.compose(text)
    except YAMLError:
        raise
    except Exception as error:  # Such as an escape for a character beyond all there are.
        raise UnreadableError(f"is not YAML: {error}") from error
    if root is not None:
        _refuse_what_unfolds(root)
    return root


def _refuse_what_unfolds(root: Node) -> None:
    sizes: dict[int, int] = {}
    unfinished: set[int] = set()

    def size(node: Node) -> int:
        if id(node) in unfinished:
            raise UnreadableError("holds a part that holds itself", node.start_mark.line + 1)
        if isinstance(node, MappingNode) and not all(isinstance(key, ScalarNode) for key, _ in node.value):
            raise UnreadableError("has a key that is no word", node.start_mark.line + 1)
        if id(node) not in sizes:
            unfinished.add(id(node))
            sizes[id(node)] = 1 + sum(map(size, _parts(node)))
            unfinished.remove(id(node))
        if sizes[id(node)] > MOST_NODES:
            raise UnreadableError(f"unfolds to more than {MOST_NODES} values", node.start_mark.line + 1)
        return sizes[id(node)]

    size(root)


def _parts(node: Node) -> list[Node]:
    if isinstance(node, MappingNode):
        return [part for pair in node.value for part in pair]
    return list(node.value) if isinstance(node, SequenceNode) else []


def wrong_with_key(node: ScalarNode) -> str | None:
    """Return why a key cannot be used, ``None`` if it can: a number would be taken for a place in a list."""
    if not str(node.tag).endswith((":str", ":merge")):
        return "this key is read as no text; write it in quotation marks"
    return wrong_with_value(node.value)


def wrong_with_scalar(yaml: YAML, node: ScalarNode) -> str | None:
    """Return why a single value cannot be used, ``None`` if it can."""
    # Python itself refuses to read thousands of digits.
    if str(node.tag).endswith(":int") and len(node.value) > _MOST_DIGITS:
        return _TOO_LARGE
    try:
        return wrong_with_value(yaml.constructor.construct_object(node))
    except ConstructorError as error:
        return str(error.problem)
    except (ValueError, OverflowError) as error:
        return f"{quoted(node.value).strip(chr(39))} does not exist: {error}"


def wrong_with_value(value: object) -> str | None:
    """Return why a value is none that a definition could mean, ``None`` if it is one."""
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        return _TOO_LARGE
    if isinstance(value, float) and not abs(value) <= LARGEST_NUMBER:  # Also what is no number at all (NaN).
        return "is no number that can be meant"
    if isinstance(value, str):
        if len(value) > LONGEST_NOTE:
            return f"is too long: {len(value)} characters, at most {LONGEST_NOTE}"
        if found := not_plain(value.replace("\n", " ").replace("\t", " ")):
            return f"{quoted(value)} holds {found}"
    return None
