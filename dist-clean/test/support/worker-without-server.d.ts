/** A program of a test: a Nest application context without an HTTP server runs one workflow to its end, and closes. */
import 'reflect-metadata';
