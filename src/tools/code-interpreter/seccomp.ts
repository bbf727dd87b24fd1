/**
 * A seccomp program for code that computes: no other name spaces, no mounts, no tracing, no memory outside its own address
 * space (System V, memfd), no sockets but local ones, and none of the calls kernels are attacked through. What is not there
 * for an unprivileged process anyway is refused all the same: the fewer lines of the kernel can be reached, the better.
 */

/** Number of each refused call on x86-64 and on arm64; null: there is none. */
const REFUSED: Record<string, [x64: number, arm64: number | null]> = {
  // Other processes, and the kernel's own keys.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  pidfd_getfd: [438, 438],
  kcmp: [312, 272],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  // Programs and events inside the kernel.
  bpf: [321, 280],
  perf_event_open: [298, 241],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  fanotify_init: [300, 262],
  fanotify_mark: [301, 263],
  lookup_dcookie: [212, 18],
  // Name spaces, mounts and files by handle.
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  // Memory that no limit of a process counts.
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  shmctl: [31, 195],
  shmat: [30, 196],
  shmdt: [67, 197],
  semget: [64, 190],
  semctl: [66, 191],
  semtimedop: [220, 192],
  semop: [65, 193],
  msgget: [68, 186],
  msgctl: [71, 187],
  msgrcv: [70, 188],
  msgsnd: [69, 189],
  mq_open: [240, 180],
  mq_unlink: [241, 181],
  mq_timedsend: [242, 182],
  mq_timedreceive: [243, 183],
  mq_notify: [244, 184],
  mq_getsetattr: [245, 185],
  mbind: [237, 235],
  set_mempolicy: [238, 237],
  migrate_pages: [256, 238],
  move_pages: [279, 239],
  // The priority is the session's.
  setsid: [112, 157],
  // The machine itself.
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  syslog: [103, 116],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  vhangup: [153, 58],
  personality: [135, 92],
  iopl: [172, null],
  ioperm: [173, null],
  modify_ldt: [154, null],
  uselib: [134, null],
  ustat: [136, null],
  sysfs: [139, null],
  _sysctl: [156, null],
};

interface Machine {
  /** `AUDIT_ARCH_…` of the kernel. */
  audit: number;
  column: 0 | 1;
  clone: number;
  clone3: number;
  socket: number;
}

const MACHINES: Partial<Record<string, Machine>> = {
  x64: { audit: 0xc000003e, column: 0, clone: 56, clone3: 435, socket: 41 },
  arm64: { audit: 0xc00000b7, column: 1, clone: 220, clone3: 435, socket: 198 },
};

/** Newest call that is let through (`futex_requeue`); programs fall back when a newer one is not there. */
const NEWEST_CALL = 456;
/** Calls of the x32 ABI have this bit: other numbers for the same things. */
const X32_BIT = 0x4000_0000;
/** `CLONE_NEW…`: any name space. */
const NEW_NAMESPACES = 0x7e02_0000;
const AF_UNIX = 1;
const EPERM = 1;
const ENOSYS = 38;
const EAFNOSUPPORT = 97;

/** Where the kernel puts things (`struct seccomp_data`). */
const AT = { call: 0, architecture: 4, firstArgument: 16 };
const LOAD_WORD = 0x20;
const JUMP_IF_EQUAL = 0x15;
const JUMP_IF_AT_LEAST = 0x35;
const JUMP_IF_ANY_BIT = 0x45;
const RETURN = 0x06;
const ALLOW = 0x7fff_0000;
const KILL_PROCESS = 0x8000_0000;

/** The program in the kernel's own form (`struct sock_filter[]`); null on processors it is not written for. */
export function seccompProgram(processor: string = process.arch): Buffer | null {
  const machine = MACHINES[processor];
  if (machine === undefined) return null;
  const refused = Object.values(REFUSED).flatMap((numbers) => numbers[machine.column] ?? []);
  return Buffer.concat([
    step(LOAD_WORD, AT.architecture),
    step(JUMP_IF_EQUAL, machine.audit, { skipIfTrue: 1 }),
    step(RETURN, KILL_PROCESS),
    step(LOAD_WORD, AT.call),
    ...answerIf(JUMP_IF_AT_LEAST, X32_BIT, EPERM),
    ...answerIf(JUMP_IF_AT_LEAST, NEWEST_CALL + 1, ENOSYS),
    // Its flags are in memory, where no program can look; the C library then uses `clone`.
    ...answerIf(JUMP_IF_EQUAL, machine.clone3, ENOSYS),
    ...refused.flatMap((call) => answerIf(JUMP_IF_EQUAL, call, EPERM)),
    ...withFirstArgument(machine.clone, answerIf(JUMP_IF_ANY_BIT, NEW_NAMESPACES, EPERM)),
    ...withFirstArgument(machine.socket, [
      step(JUMP_IF_EQUAL, AF_UNIX, { skipIfTrue: 1 }),
      step(RETURN, refusal(EAFNOSUPPORT)),
    ]),
    step(RETURN, ALLOW),
  ]);
}

/** Jumps are counted from the next step. */
function step(code: number, value: number, { skipIfTrue = 0, skipIfFalse = 0 } = {}): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeUInt16LE(code, 0);
  bytes.writeUInt8(skipIfTrue, 2);
  bytes.writeUInt8(skipIfFalse, 3);
  bytes.writeUInt32LE(value, 4);
  return bytes;
}

function answerIf(jump: number, value: number, errno: number): Buffer[] {
  return [step(jump, value, { skipIfFalse: 1 }), step(RETURN, refusal(errno))];
}

/** `checks` look at the first argument of one call; the call's number is loaded again after them. */
function withFirstArgument(call: number, checks: Buffer[]): Buffer[] {
  return [
    step(JUMP_IF_EQUAL, call, { skipIfFalse: checks.length + 2 }),
    step(LOAD_WORD, AT.firstArgument),
    ...checks,
    step(LOAD_WORD, AT.call),
  ];
}

function refusal(errno: number): number {
  return 0x0005_0000 | errno;
}
