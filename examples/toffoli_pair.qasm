OPENQASM 2.0;
include "qelib1.inc";
// Two Toffoli gates with a T between them on a control: they cancel.
qreg q[3];
ccx q[0],q[1],q[2];
t q[0];
ccx q[0],q[1],q[2];
