/**
 * One node: a process of its own, with its orders API, its files and its port for the other nodes. All three run this very file, with nothing
 * but addresses between them. Tells its parent when it is ready, and when orders of a dead node go on.
 */
import 'reflect-metadata';
