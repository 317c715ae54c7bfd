import Glibc

/// How many descriptors this process may hold open.
public enum DescriptorLimit {
  /// Raises the soft limit to the hard one and returns what holds now.
  ///
  /// A gateway holds two descriptors for every connection that it passes on; with the usual soft limit of 1,024 two
  /// busy workspaces would keep a third from connecting.
  @discardableResult
  public static func raise() throws(SystemError) -> Int {
    var limit = rlimit()
    // SAFETY: the pointer is valid for the call.
    guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw .last("getrlimit")
    }
    limit.rlim_cur = limit.rlim_max
    // SAFETY: the pointer is valid for the call.
    guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else {
      throw .last("setrlimit")
    }
    return Int(clamping: limit.rlim_cur)
  }
}
