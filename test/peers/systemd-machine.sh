#!/usr/bin/env bash
# A machine of its own with systemd as its first process, in namespaces: `systemd-machine.sh FOLDER CGROUP`, as root.
# It sees this machine's files, and whatever it writes stays in memory. Nothing is started but the journal: what a
# distribution starts at boot would empty /tmp, and more.
set -euo pipefail
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin

if [ "${3:-}" != inside ]; then
  mkdir "$2"
  echo $$ > "$2/cgroup.procs"
  exec unshare --mount --pid --fork --kill-child --cgroup --uts --ipc --net bash "$0" "$1" "$2" inside
fi

mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$1"
mkdir "$1/upper" "$1/work" "$1/root"
mount -t overlay -o "lowerdir=/,upperdir=$1/upper,workdir=$1/work" overlay "$1/root"
cd "$1/root"

mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup2 sys/fs/cgroup
mount -t tmpfs -o mode=755 tmpfs dev
for device in null zero full random urandom tty; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
mkdir dev/shm
mount -t tmpfs -o mode=1777 tmpfs dev/shm
ln -s /proc/self/fd dev/fd
mount -t tmpfs -o mode=755 tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp

rm -rf etc/systemd/system/* etc/glasslink
mkdir -p run/units
cp lib/systemd/system/{systemd-journald.service,systemd-journald.socket,multi-user.target,network-online.target} run/units/
sed -i -e 's/systemd-journald-dev-log.socket//; /^Alias=/d' run/units/systemd-journald.service
for target in sysinit basic sockets shutdown network rescue; do
  printf '[Unit]\nDefaultDependencies=no\n' > "run/units/$target.target"
done
printf '[Unit]\nDefaultDependencies=no\nWants=multi-user.target systemd-journald.service\n' > run/units/machine.target
ip link set lo up

mkdir -p old
pivot_root . old
umount -l /old
# As at a real boot: what systemd mounts for a service (its credentials) reaches it by this.
mount --make-rshared /
exec env -i "PATH=$PATH" container=glasslink SYSTEMD_UNIT_PATH=/etc/systemd/system:/run/units \
  /lib/systemd/systemd --system --unit=machine.target --log-target=journal --show-status=no
