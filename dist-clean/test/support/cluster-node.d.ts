/**
 * A program of a test: one node of a cluster, in a process of its own. Options as JSON in its first argument; then one JSON command a line on stdin,
 * one answer a line on stdout: {id, ok, value | code, message}.
 */
import 'reflect-metadata';
