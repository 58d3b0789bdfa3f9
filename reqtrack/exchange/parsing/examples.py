"""The example tables of an outline, put together where they fit: same columns, one table."""

from __future__ import annotations

from typing import Any

from reqtrack.exchange.parsing.drafts import ExampleBlock

Table = dict[str, Any] | None


def tables_of(scenario: dict[str, Any]) -> list[tuple[Table, list[ExampleBlock]]]:
    """One entry for each set of columns, with the blocks its rows came from; a plain scenario gives ``(None, [])``.

    Blocks without any columns (no table at all) join the first table, so that their words are kept.
    """
    if not scenario["examples"]:
        return [(None, [])]
    tables: list[tuple[dict[str, Any], list[ExampleBlock]]] = []
    waiting: list[ExampleBlock] = []
    for node in scenario["examples"]:
        block = _block(node)
        header = [cell["value"] for cell in (node.get("tableHeader") or {"cells": []})["cells"]]
        rows = [[cell["value"] for cell in row["cells"]] for row in node.get("tableBody") or []]
        if not header:
            waiting.append(block)
            continue
        table, blocks = _fitting(tables, header)
        order = [header.index(name) for name in table["header"]]
        block.start, block.count = len(table["rows"]), len(rows)
        table["rows"] += [[row[index] for index in order] for row in rows]
        blocks.append(block)
    if not tables:
        return [({"header": [], "rows": []}, waiting)]
    tables[0][1].extend(waiting)
    return list(tables)


def _block(node: dict[str, Any]) -> ExampleBlock:
    return ExampleBlock(
        name=node["name"].strip(),
        description=dedented(node.get("description")),
        tags=[tag["name"].removeprefix("@") for tag in node["tags"]],
    )


def _fitting(
    tables: list[tuple[dict[str, Any], list[ExampleBlock]]], header: list[str]
) -> tuple[dict[str, Any], list[ExampleBlock]]:
    """The table with these columns in whatever order, or a new one. A doubled column fits nothing but itself."""
    for table, blocks in tables:
        if table["header"] == header or (sorted(table["header"]) == sorted(header) and len(set(header)) == len(header)):
            return table, blocks
    tables.append(({"header": header, "rows": []}, []))
    return tables[-1]


def dedented(description: str | None) -> str:
    """The description without the indent that all its lines share."""
    lines = [line.rstrip() for line in (description or "").split("\n")]
    indents = [len(line) - len(line.lstrip()) for line in lines if line]
    cut = min(indents, default=0)
    return "\n".join(line[cut:] for line in lines).strip("\n")
