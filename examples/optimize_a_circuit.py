"""Make a circuit cheaper, and check the result yourself."""

from catenary import optimize, verify
from catenary.functors.circuits import counts, qasm2

ADDER = """
OPENQASM 2.0;
include "qelib1.inc";
gate majority a,b,c { cx c,b; cx c,a; ccx a,b,c; }
gate unmajority a,b,c { ccx a,b,c; cx c,a; cx a,b; }
qreg q[6];
majority q[0],q[3],q[1];
majority q[1],q[4],q[2];
cx q[2],q[5];
unmajority q[1],q[4],q[2];
unmajority q[0],q[3],q[1];
"""

circuit = qasm2.parse(ADDER)
result = optimize(circuit, cost="two_qubit", budget=5.0)
print("before", counts(circuit))
print("after ", counts(result.circuit))
print(verify(circuit, result.circuit))
