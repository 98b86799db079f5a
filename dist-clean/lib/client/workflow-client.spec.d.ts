/** The client over a service that only takes note. */
import 'reflect-metadata';
