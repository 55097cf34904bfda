/**
 * Every bound of this member, with its unit, in one place.
 *
 * @module
 */

/** One mebibyte, in bytes. */
export const MEBIBYTE = 1024 * 1024;

/** Memory of one process under `sandboxed` and `network-client`, in bytes. */
export const SANDBOXED_MEMORY_BYTES_MAX: number = 64 * MEBIBYTE;

/** Memory of one process under `trusted`, in bytes. */
export const TRUSTED_MEMORY_BYTES_MAX: number = 1024 * MEBIBYTE;

/**
 * CPU time that one process may use between two waits under `sandboxed` and
 * `network-client`, in milliseconds. An endless loop never waits.
 */
export const SANDBOXED_CPU_MS_MAX = 1_000;

/** CPU time that one process may use between two waits under `trusted`, in milliseconds. */
export const TRUSTED_CPU_MS_MAX = 10_000;

/** Time for evaluating a component into its image, in milliseconds. */
export const BAKE_MS_MAX = 5_000;

/**
 * Memory that QuickJS takes besides its heap, in bytes: stack, data and
 * allocator. Left out of the heap's limit, so that the heap meets its limit
 * before the memory meets its cap.
 */
export const QUICKJS_OVERHEAD_BYTES: number = 2 * MEBIBYTE;

/** Stack of a script guest, in bytes; what is deeper is a RangeError in the guest. */
export const STACK_BYTES_MAX: number = 256 * 1024;

/**
 * Memory for that stack, in bytes. What it has beyond `STACK_BYTES_MAX` is for the
 * functions of QuickJS that do not ask whether there is room for them.
 */
export const STACK_ROOM_BYTES: number = 384 * 1024;

/** Free heap that an image holds, in bytes, so that most processes never grow their memory. */
export const HEAP_RESERVE_BYTES: number = MEBIBYTE / 4;

/** The largest file that a guest can read in one piece, in bytes. */
export const FILE_BYTES_MAX: number = 32 * MEBIBYTE;

/** Bodies that one script process can have open, compressors among them: each holds a piece or two, and its state. */
export const PIPES_MAX = 64;

/** Texts that one script process can decode in chunks at once, in other encodings than UTF-8. */
export const DECODERS_MAX = 256;

/** Redirects that one fetch of a script follows, as browsers do. */
export const REDIRECTS_MAX = 20;

/** Iterations of PBKDF2 that a guest can ask for: some seconds on one thread. */
export const PBKDF2_ITERATIONS_MAX = 10_000_000;

/** Bits of an RSA key that a guest can have made: some seconds on one thread. */
export const RSA_BITS_MAX = 4_096;

/** Timers, fetches and file operations that one process can have under way. */
export const OPERATIONS_MAX = 256;

/** Bytes that a script's operations under way were given, such as bodies; one that is larger can be alone. */
export const OPERATION_BYTES_MAX: number = 16 * MEBIBYTE;

/**
 * Steps of a guest, each a call or a turn of a loop, between two questions
 * whether it may go on. A step can search megabytes, so few of them fill a
 * slice; a question costs as much as some steps that do nothing.
 */
export const STEPS_PER_INTERRUPT = 300;

/** Length of what a guest and its host give each other from which on it is seen behind it whether others should get their turn, in bytes or UTF-16 units. */
export const LARGE_VALUE_LENGTH: number = MEBIBYTE / 4;

/** The longest run of a guest before others get their turn, in milliseconds. */
export const SLICE_MS = 10;

/** How many times as long as its CPU time a guest can have its thread, where the system runs others meanwhile. */
export const STARVATION_MAX = 4;

/** What one process can write to the log between two waits, in bytes. */
export const LOG_BYTES_MAX: number = 64 * 1024;

/** What one entry of the log counts for besides its text, in bytes. */
export const LOG_ENTRY_BYTES = 16;

/** The longest name, message and stack of an error that leaves a guest, each in UTF-16 units. */
export const ERROR_LENGTH_MAX: number = 8 * 1024;

/** Components that a thread has forgotten, after which it collects what they leave: V8 sees little of it. */
export const UNLOADS_PER_COLLECTION = 32;

/** Idle instances that a scheduler keeps of one component, ready for new processes. */
export const IDLE_INSTANCES_MAX = 64;

/** Processes of scripts that one scheduler runs at once. */
export const PROCESSES_MAX = 4_096;

/** Processes of core modules that one scheduler has at once; the ceilings decide how many of them run. */
export const CORE_PROCESSES_MAX = 250_000;

/** Messages that may wait for one guest. */
export const GUEST_MAILBOX_MAX = 10_000;

/** Bytes of messages that may wait for one guest; one that is larger can wait alone. */
export const WAITING_BYTES_MAX: number = 64 * MEBIBYTE;

/** Bytes of messages that may wait for all guests of one scheduler. */
export const SCHEDULER_WAITING_BYTES_MAX: number = 256 * MEBIBYTE;

/** What a message that waits takes besides its bytes, in bytes. */
export const MESSAGE_OVERHEAD_BYTES = 64;

/** Names that processes of a node can have, from which on guests get none: every scheduler holds them all. */
export const NODE_NAMES_MAX = 65_536;

/** Index of the scheduler that is the main thread. */
export const MAIN_SCHEDULER = 0;

/** Schedulers that a node can have, the main thread among them: a pid has 8 bits for them. */
export const SCHEDULERS_MAX = 256;

/**
 * Starts and receives of guests before a scheduler lets the event loop run.
 * Each is worth some hundred microseconds, so few fill a slice.
 */
export const REDUCTIONS_PER_SLICE = 32;

/**
 * Milliseconds for which a scheduler goes on when that many were short, as those
 * of core modules are.
 */
export const SLICE_MS_MIN = 1;

/** Time between two questions whether a scheduler is stuck, in milliseconds. */
export const HEARTBEAT_MS = 1_000;

/** Questions in a row without an answer after which a scheduler is given up. */
export const HEARTBEATS_MISSED_MAX = 5;

/** Such questions to a scheduler that has not started yet: its Worker reads, checks and compiles its program first. */
export const START_HEARTBEATS_MAX = 60;

/** How long a scheduler may take to stop its guests when it is closed, in milliseconds; then its Worker is terminated. */
export const CLOSE_MS_MAX = 5_000;

/** Processes with a Worker of their own that an engine runs at once: each is a thread and some megabytes. */
export const DEDICATED_PROCESSES_MAX = 128;

/** Memory for compiling the prelude, in bytes. */
export const PRELUDE_MEMORY_BYTES: number = 32 * MEBIBYTE;

/** Entries that a table of a guest may grow to: they lie on the heap of the scheduler. */
export const TABLE_ENTRIES_MAX = 100_000;

/** Milliseconds between two ticks of the epoch, when an engine is not told otherwise. */
export const EPOCH_MS = 10;

/** Ticks of the ticker in that time: after one of them it lets those go first who have mail. */
export const TICKS_PER_SLICE = 5;

/** Serial of the first process that a scheduler spawns itself; those below are allotted by the main thread. */
export const OWN_SERIAL_MIN: number = 2 ** 45;
