/** docs/OPERATIONS.md, step by step, in real applications: a damaged log, a node that rejoins empty, and the sole voter who may not. */
import 'reflect-metadata';
