/** The control API over a real engine of one node, in virtual time. */
import 'reflect-metadata';
