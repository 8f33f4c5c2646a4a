"""What a file deploys by the word of the compiler, each thing where the source has it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from scanner.model import Place
from scanner.sources.arm import environment
from scanner.sources.arm import parameters as json_parameters
from scanner.sources.arm.deploying import deployed
from scanner.sources.arm.expand import Expansion
from scanner.sources.arm.placement import target_of
from scanner.sources.arm.places import TemplatePlaces
from scanner.sources.arm.run import Problem, Run
from scanner.sources.arm.source import Located, Source
from scanner.sources.arm.template import Given as GivenValue
from scanner.sources.arm.tokens import BadTemplate
from scanner.sources.bicep.compiled.compiler import Compiler, NotBuilt
from scanner.sources.bicep.compiled.fuse import Fusion
from scanner.sources.bicep.compiled.twin import Given, Twin
from scanner.sources.bicep.file import BicepFile
from scanner.sources.bicep.parameters import Parameters
from scanner.sources.bicep.templates import Templates
from scanner.sources.code.ids import identity
from scanner.sources.code.resource import Deferred, Resource
from scanner.sources.code.symbols import written
from scanner.sources.documents.secrets import is_secret, without_secrets
from scanner.sources.parts import Say
from scanner.values import Unknown

_LONGEST = 80


class Overlay:
    """Asks the compiler for what files deploy; ``say`` is told where it says other than the source alone."""

    def __init__(self, compiler: Compiler, templates: Templates, say: Say) -> None:
        self._compiler = compiler
        self._templates = templates
        self._say = say

    def expansion(
        self, file: BicepFile, parameters: Parameters | Source | None, own: Expansion, key: str
    ) -> Expansion:
        """Everything that a file deploys, as `expand` says it, by the values of the compiler.

        ``own`` is what the source alone comes to, ``key`` what that way to deploy it is called.  Raises
        `NotBuilt`.
        """
        built = self._compiler.build(parameters.file if isinstance(parameters, Parameters) else file)
        project = self._compiler.project
        try:
            twin = Twin(built.template, file.path, self._templates.of(file).raw, project.marks)
            sources: list[Located] = [twin]
            given = parameters if isinstance(parameters, Source) else None
            if isinstance(parameters, Parameters) and built.parameters is not None:
                given = Given(built.parameters, parameters.file.path, _places(parameters))
        except BadTemplate as error:
            raise NotBuilt(f"what the compiler writes cannot be read: {error}") from None
        if given is not None:
            sources.append(given)
        run = Run(key=key, template=twin, sources=sources, places=TemplatePlaces(sources), scattered=True)
        values: dict[str, GivenValue] = {}
        if given is not None:
            values = json_parameters.given(given, run)
        if given is parameters:
            values = environment.replaced(values, project.environment)
        made = deployed(run, twin.value, target_of(twin.value), values)
        fresh = [one for one in made.problems if not _is_known(one, own.problems)]
        failed = next((one for one in fresh if one.reason == "failed"), None)
        if failed is not None:
            raise NotBuilt(f"what the compiler writes cannot be read: {failed.message}", failed.place)
        # A problem that both have stands where the source has it; one that only the source has is none.
        shared = tuple(one for one in own.problems if _is_known(one, made.problems))
        resources = tuple(self._fused(own.resources, made.resources))
        return replace(made, resources=resources, problems=(*shared, *fresh))

    def _fused(self, own: Sequence[Resource], compiled: Sequence[Resource]) -> Iterator[Resource]:
        partners, strangers = matched(own, compiled)
        for one in own:
            partner = partners.get(id(one))
            if partner is not None:
                yield self._one(one, partner)
            elif one.exists:
                yield one
            else:
                self._say(f"{_at(one.place)}: {_called(one)}: by the compiler it is not deployed")
        for place, count in Counter(_at(one.place) for one in strangers).items():
            self._say(f"{place}: resources that are not seen by the source alone: {count}")
        yield from strangers

    def _one(self, own: Resource, compiled: Resource) -> Resource:
        def tell(place: Place | None, path: str, theirs: Any, ours: Any) -> None:
            said = f"the compiler has {_shown(path, theirs)}, the source alone {_shown(path, ours)}"
            self._say(f"{_at(place or own.place)}: {path}: {said}")

        fusion = Fusion(own, compiled, tell)
        told: dict[str, Any] = {
            "type": own.type,
            "name": _decided(own.name, compiled.name),
            "id": _decided(own.id, compiled.id),
            "places": fusion.places,
            "place": own.place,
            "deployment": own.deployment,
            "certain": own.certain or compiled.certain,
            "guards": own.guards,
            "references": own.references or compiled.references,
        }
        return _deferred(own, fusion.document, told)


def _deferred(own: Resource, make: Callable[[], dict[str, Any]], told: dict[str, Any]) -> Resource:
    return Deferred(make, **told) if isinstance(own, Deferred) else Resource(document=make(), **told)


def matched(
    own: Sequence[Resource], compiled: Sequence[Resource]
) -> tuple[dict[int, Resource], list[Resource]]:
    """Which resource of the compiler is which of the source, by its identity, and those that are none.

    They are the same by type and id; what is left over of a type is so by name, and by its order where
    there are as many on either side.
    """
    ours = [one for one in own if not one.exists]
    theirs = [one for one in compiled if not one.exists]
    partners: dict[int, Resource] = {}
    for key in (_by_id, _by_name):
        theirs = _paired([one for one in ours if id(one) not in partners], theirs, key, partners)
    left = [one for one in ours if id(one) not in partners]
    counts, others = Counter(map(_by_type, left)), Counter(map(_by_type, theirs))
    even = {kind for kind, count in counts.items() if others[kind] == count}
    strangers = [one for one in theirs if _by_type(one) not in even]
    _paired(left, [one for one in theirs if _by_type(one) in even], _by_type, partners)
    return partners, strangers


def _paired(
    own: Sequence[Resource],
    compiled: Sequence[Resource],
    key: Callable[[Resource], Any],
    partners: dict[int, Resource],
) -> list[Resource]:
    """Pair what has a key in common, in order; what is left of the compiler's."""
    waiting: dict[Any, list[Resource]] = {}
    for one in own:
        if (name := key(one)) is not None:
            waiting.setdefault(name, []).append(one)
    left = []
    for one in compiled:
        name = key(one)
        alike = waiting.get(name) if name is not None else None
        if alike:
            partners[id(alike.pop(0))] = one
        else:
            left.append(one)
    return left


def _by_id(one: Resource) -> tuple[str, str] | None:
    key = identity(one.id)
    return (_by_type(one), key) if key is not None else None


def _by_name(one: Resource) -> tuple[str, str] | None:
    name = written(one.name)
    return (_by_type(one), name.lower()) if name is not None else None


def _by_type(one: Resource) -> str:
    return one.type.lower()


def _decided(own: Any, compiled: Any) -> Any:
    """What counts of two names or ids: that of the compiler where it says all of it."""
    return compiled if isinstance(own, Unknown) and isinstance(compiled, str) else own


def _is_known(problem: Problem, others: Sequence[Problem]) -> bool:
    return any(other.code == problem.code and other.message == problem.message for other in others)


def _places(parameters: Parameters) -> dict[str, Place]:
    """Where each parameter is given that a file of parameters gives."""
    variables = parameters.template.raw["variables"]
    marks = parameters.marks
    found = ((name, marks.place(variables, key)) for name, key in parameters.variables.items())
    return {name: place for name, place in found if place is not None}


def _called(one: Resource) -> str:
    name = written(one.name) or "a name that is not known"
    return f"{one.type} {name}"


def _at(place: Place) -> str:
    return f"{place.path}:{place.line}:{place.column}"


def _shown(path: str, value: Any) -> str:
    """A value for people, in a few words; none that may be a secret."""
    if value is None:
        return "nothing"
    if isinstance(value, (dict, list)):
        return "an object" if isinstance(value, dict) else f"a list of {len(value)}"
    text = written(value) if isinstance(value, (str, Unknown)) else str(value)
    if text is None or any(is_secret(part) for part in path.split(".")):
        return "another value"
    text = without_secrets(text)
    return f"'{text[:_LONGEST]}{'…' if len(text) > _LONGEST else ''}'"
