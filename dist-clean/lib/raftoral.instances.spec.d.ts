/** How instances of workflow classes are made. */
import 'reflect-metadata';
