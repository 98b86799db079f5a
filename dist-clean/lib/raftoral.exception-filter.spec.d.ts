/** RaftoralError over HTTP, with real Express applications. */
import 'reflect-metadata';
