#!/usr/bin/env node
/**
 * `npx raftoral`: the process around the command line. Owns: the end of the process, once what was said has been written.
 */
import 'reflect-metadata';
