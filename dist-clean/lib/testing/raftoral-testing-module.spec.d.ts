/** A cluster in a test, as an application's own tests use it. */
import 'reflect-metadata';
