"""Questions answered by contraction over semirings: formulas and Bayesian networks as diagrams."""

from catenary.functors.inference.bayes import BayesianNetwork, Explanation
from catenary.functors.inference.formulas import Formula, read_dimacs

__all__ = ["BayesianNetwork", "Explanation", "Formula", "read_dimacs"]
