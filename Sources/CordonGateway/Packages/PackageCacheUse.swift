/// What a package cache takes of its disk, seen from outside.
public enum PackageCacheUse {
  /// What it may come to where the disk has room.
  public static let most = PackageCache.mostBytes
  /// With less it is not worth having: one file may take half of it.
  public static let least = 2 << 30

  /// Bytes that the cache in `folder` holds now; 0 where there is none.
  public static func bytes(in folder: String) -> Int { PackageCache.bytesHeld(in: folder) }
}
