/** The suites of transports over HTTP: on listeners of their own, with and without TLS, and in front of real applications' servers (R44). */
import 'reflect-metadata';
