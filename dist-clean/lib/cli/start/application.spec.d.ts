/** Which module of a compiled file `raftoral start --app` runs. */
import 'reflect-metadata';
