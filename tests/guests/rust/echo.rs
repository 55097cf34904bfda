// A message is the decimal pid to answer, a line end, and what to send back.
// Ends when a message has no line end.

use std::alloc::{alloc, realloc, Layout};

/// Where the host says that a message is.
#[repr(C)]
pub struct Bytes {
    at: *mut u8,
    size: usize,
}

mod actor {
    #[link(wasm_import_module = "rusm:runtime/actor@0.1.0")]
    extern "C" {
        pub fn receive(out: *mut super::Bytes);
        pub fn send(to: u64, at: *const u8, size: usize);
    }
}

/// What the host fills with what it lowers.
///
/// # Safety
///
/// `old` and `old_size` are what an earlier call returned, or 0.
#[no_mangle]
pub unsafe extern "C" fn cabi_realloc(
    old: *mut u8,
    old_size: usize,
    align: usize,
    size: usize,
) -> *mut u8 {
    if size == 0 {
        return align as *mut u8;
    }
    let at = if old_size == 0 {
        alloc(Layout::from_size_align_unchecked(size, align))
    } else {
        realloc(old, Layout::from_size_align_unchecked(old_size, align), size)
    };
    assert!(!at.is_null(), "no memory: {size}");
    at
}

fn receive() -> Vec<u8> {
    let mut out = Bytes { at: std::ptr::null_mut(), size: 0 };
    unsafe {
        actor::receive(&mut out);
        if out.size == 0 {
            return Vec::new();
        }
        Vec::from_raw_parts(out.at, out.size, out.size)
    }
}

fn send(to: u64, message: &[u8]) {
    unsafe { actor::send(to, message.as_ptr(), message.len()) }
}

#[export_name = "run"]
pub extern "C" fn run() {
    loop {
        let message = receive();
        let end = match message.iter().position(|&byte| byte == b'\n') {
            Some(end) => end,
            None => return,
        };
        let pid = String::from_utf8_lossy(&message[..end]);
        send(pid.parse().expect("a pid"), &message[end + 1..]);
    }
}
