/// Where cgroup trees are mounted and where in them this process is.
struct ControlGroupMounts: Equatable {
  /// Own group in each v1 controller's tree.
  var divided: [String: Place] = [:]
  /// Own group in the v2 tree.
  var unified: Place?

  struct Place: Equatable {
    var mountPoint: String
    var own: String

    /// The own group, then the groups around it up to the mount point.
    var upwards: [String] {
      var all: [String] = []
      var parts = own.split(separator: "/")
      while true {
        all.append(parts.isEmpty ? mountPoint : mountPoint + "/" + parts.joined(separator: "/"))
        if parts.popLast() == nil { return all }
      }
    }
  }

  /// Reads `/proc/self/mountinfo` and `/proc/self/cgroup` (cgroups(7)).
  init(mountinfo: String, ownGroups: String) {
    let own = Self.ownGroups(ownGroups)
    for line in mountinfo.split(separator: "\n") {
      guard let mount = Self.mount(String(line)) else { continue }
      if mount.type == "cgroup2", let path = own[""] {
        unified = Place(mountPoint: mount.point, own: Self.relative(path, to: mount.root))
      } else if mount.type == "cgroup" {
        for controller in mount.options {
          guard let path = own[controller] else { continue }
          divided[controller] = Place(mountPoint: mount.point, own: Self.relative(path, to: mount.root))
        }
      }
    }
  }

  /// `4:memory:/a/b` → memory: /a/b; `0::/a` → "": /a.
  private static func ownGroups(_ text: String) -> [String: String] {
    var groups: [String: String] = [:]
    for line in text.split(separator: "\n") {
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard parts.count == 3 else { continue }
      for controller in parts[1].split(separator: ",", omittingEmptySubsequences: false) {
        groups[String(controller)] = String(parts[2])
      }
    }
    return groups
  }

  /// `... root mountpoint ... - type source options` (proc(5)).
  private static func mount(_ line: String) -> (root: String, point: String, type: String, options: [String])?
  {
    let parts = line.split(separator: " ").map(String.init)
    guard let dash = parts.firstIndex(of: "-"), dash > 5, parts.count > dash + 3 else { return nil }
    return (parts[3], parts[4], parts[dash + 1], parts[dash + 3].split(separator: ",").map(String.init))
  }

  /// In a container the mount shows a part of the tree only.
  private static func relative(_ path: String, to root: String) -> String {
    guard root != "/", path.hasPrefix(root) else { return path }
    return String(path.dropFirst(root.count))
  }
}
