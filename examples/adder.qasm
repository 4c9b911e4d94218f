OPENQASM 2.0;
include "qelib1.inc";
// One bit of a ripple-carry adder: majority, sum, and its undoing.
gate majority a,b,c { cx c,b; cx c,a; ccx a,b,c; }
gate unmajority a,b,c { ccx a,b,c; cx c,a; cx a,b; }
qreg carry[1];
qreg a[2];
qreg b[2];
qreg out[1];
majority carry[0],b[0],a[0];
majority a[0],b[1],a[1];
cx a[1],out[0];
unmajority a[0],b[1],a[1];
unmajority carry[0],b[0],a[0];
