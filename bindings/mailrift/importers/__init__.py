"""Importers: real measurements into world documents. Standard library only; `import mailrift` loads none of it."""

from mailrift.importers.coverage import Coverage, Report
from mailrift.importers.mxmap import ImportResult, import_mxmap
from mailrift.importers.problem import ImportProblem

__all__ = ["Coverage", "ImportProblem", "ImportResult", "Report", "import_mxmap"]
