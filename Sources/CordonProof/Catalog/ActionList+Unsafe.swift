import CActions

/// AWS's actions, resource types and condition keys as bundled text; `scripts/update-actions` describes its lines.
enum ActionList {
  /// The whole list, UTF-8.
  static var bytes: UnsafeBufferPointer<CChar> {
    // SAFETY: the C array is constant, lives as long as the process, and is `cordon_actions_length` bytes long.
    unsafe UnsafeBufferPointer(start: cordon_actions_start(), count: cordon_actions_length)
  }
}
