/**
 * All planted faults, layer by layer.
 */
import { CHILDREN_MUTANTS } from './children-mutants.js';
import { JOINING_MUTANTS } from './joining-mutants.js';
import { MANAGEMENT_MUTANTS } from './management-mutants.js';
import { MANAGEMENT_SHELL_MUTANTS } from './management-shell-mutants.js';
import { MANAGER_MUTANTS } from './manager-mutants.js';
import { MEMBERSHIP_MUTANTS } from './membership-mutants.js';
import { MOVES_MUTANTS } from './moves-mutants.js';
import type { Mutant } from './mutant.js';
import { RAFT_MUTANTS } from './raft-mutants.js';
import { REMOVAL_MUTANTS } from './removal-mutants.js';
import { ROUTING_MUTANTS } from './routing-mutants.js';
import { RUNTIME_MUTANTS } from './runtime-mutants.js';
import { SHELL_MUTANTS } from './shell-mutants.js';
import { STATE_MACHINE_MUTANTS } from './state-machine-mutants.js';
import { STORAGE_MUTANTS } from './storage-mutants.js';
import { TRANSPORT_MUTANTS } from './transport-mutants.js';

export const MUTANTS: readonly Mutant[] = [
  ...RAFT_MUTANTS,
  ...SHELL_MUTANTS,
  ...REMOVAL_MUTANTS,
  ...STORAGE_MUTANTS,
  ...TRANSPORT_MUTANTS,
  ...JOINING_MUTANTS,
  ...STATE_MACHINE_MUTANTS,
  ...RUNTIME_MUTANTS,
  ...CHILDREN_MUTANTS,
  ...MOVES_MUTANTS,
  ...ROUTING_MUTANTS,
  ...MEMBERSHIP_MUTANTS,
  ...MANAGEMENT_MUTANTS,
  ...MANAGEMENT_SHELL_MUTANTS,
  ...MANAGER_MUTANTS,
];
