"""The Jinja environment: one for the process, with the reader's language found at each call."""

import hashlib
import operator
import os
from collections.abc import MutableMapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from jinja2 import BytecodeCache, Environment, FileSystemBytecodeCache, FileSystemLoader, StrictUndefined, nodes
from jinja2.compiler import CodeGenerator, Frame, MacroRef
from jinja2.runtime import Context, Macro
from jinja2.utils import missing

from registry.handbook.chapters import chapters_for_fields
from registry.paths import TEMPLATES
from registry.web import i18n
from registry.web.assets import static_url
from registry.web.escaping import escaped, markup


class _DirectContext(Context):
    """Calls macros and functions without asking each time whether they want Jinja's context: none of ours does.

    Components are macros, so a page makes hundreds of calls: a sixth of its rendering.
    """

    call: Any = staticmethod(operator.call)


class _Component(Macro):
    """A macro that is called by another template or block, with less between the call and its own code."""

    def __call__(self, *args: Any, **kwargs: Any) -> str:
        """Its markup. What only some macros take (a block of the caller's, any number of arguments) Jinja sorts out."""
        if self.caller or self.catch_kwargs or self.catch_varargs:
            return super().__call__(*args, **kwargs)
        take = kwargs.pop
        values = [*args, *[take(name, missing) for name in self.arguments[len(args):]]]
        if kwargs or len(values) > self._argument_count:
            raise TypeError(f"the macro {self.name} does not take {', '.join(kwargs) or 'as many arguments'}")
        return markup(self._func(*values))


class _CodeGenerator(CodeGenerator):
    """Writes templates as one would write them in Python.

    Jinja has a function of its own around each attribute, each call and each value shown, a thousand of them a page.
    Attributes are Python's, but of a dict its items; what is markup is not escaped again, which copies it.
    """

    def visit_Getattr(self, node: nodes.Getattr, frame: Frame) -> None:  # noqa: N802
        self.write(f"(value.{node.attr} if type(value := ")
        self.visit(node.node, frame)
        self.write(f") is not dict else environment.getattr(value, {node.attr!r}))")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:  # noqa: N802
        if _is_plain_message(node):
            self.write("environment.said()[")
            self.visit(node.args[0], frame)
            self.write("]")
            return
        self.write("context.call(")
        self.visit(node.node, frame)
        self.signature(node, frame, {"caller": "caller"} if forward_caller else None)
        self.write(")")

    def macro_def(self, macro_ref: MacroRef, frame: Frame) -> None:
        self.write("environment.")  # and then "Macro(…)"
        super().macro_def(macro_ref, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if self._is_plainly_escaped(frame, finalize):
            self.write("(value if type(value := ")
        else:
            super()._output_child_pre(node, frame, finalize)

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> None:
        if self._is_plainly_escaped(frame, finalize):
            self.write(") is Markup else environment.escaped(value))")
        else:
            super()._output_child_post(node, frame, finalize)

    @staticmethod
    def _is_plainly_escaped(frame: Frame, finalize: CodeGenerator._FinalizeInfo) -> bool:
        return frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None


def _is_plain_message(call: nodes.Call) -> bool:
    """Whether the reader's words are asked for a message that nothing is filled into."""
    return (
        isinstance(call.node, nodes.Name) and call.node.name == "_" and len(call.args) == 1 and not call.kwargs
        and isinstance(call.args[0], nodes.Const)
    )


class _Environment(Environment):
    """Jinja's environment with what our templates do not ask for left out."""

    context_class = _DirectContext
    code_generator_class = _CodeGenerator
    Macro = _Component
    escaped = staticmethod(escaped)
    said = staticmethod(i18n.said)

    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """One plain dict: with Jinja's chain of two, each import of a component compares keys one by one."""
        return {**self.globals, **(d or {})}


@cache
def environment() -> Environment:
    """The environment that every page and fragment is rendered with. Autoescaped; unknown names are errors."""
    jinja = _Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, auto_reload=False,
        trim_blocks=True, lstrip_blocks=True, bytecode_cache=_compiled_before(),
        cache_size=-1,  # all of them; a limit would cost each page a search in the order of their last use
    )
    jinja.filters |= {
        "localized": i18n.localized, "localized_html": i18n.localized_html, "plain": i18n.plain,
        "plain_name": i18n.plain_name, "other_names": i18n.other_names,
        "day": i18n.format_day, "month": i18n.format_month, "instant": i18n.format_instant,
        "clock": i18n.format_clock, "day_at": i18n.format_day_at,
        "number": i18n.format_number,
    }
    jinja.globals |= {
        "_": i18n.say, "ngettext": i18n.say_number, "drawn_once": cache,
        "static_url": static_url, "languages": i18n.languages, "language_name": i18n.language_name,
        "chapters_for_fields": chapters_for_fields,
    }
    return jinja


def _compiled_before() -> BytecodeCache | None:
    """Keeps compiled templates beside them, as Python keeps modules: all of them compiled anew take a second.

    None where nobody may write there. What this file or another Jinja would compile otherwise has another name.
    """
    folder = TEMPLATES / "__pycache__"
    try:
        folder.mkdir(exist_ok=True)
    except OSError:
        return None
    if not os.access(folder, os.W_OK):
        return None
    compiler = hashlib.sha256(Path(__file__).read_bytes() + version("jinja2").encode()).hexdigest()[:8]
    return FileSystemBytecodeCache(str(folder), f"%s.{compiler}")


def compile_templates() -> None:
    """Compile every template now rather than at its first reader's expense."""
    for name in environment().list_templates(extensions=["html", "xml"]):
        environment().get_template(name)


def render_template(name: str, **context: Any) -> str:
    """Render a template for the current reader."""
    return environment().get_template(name).render(context)
