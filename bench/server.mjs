// One server of cost.mjs: the application that the argument names, on loopback, telling what it has used.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';

const made = await import(pathToFileURL(process.argv[2]).href);
const delay = monitorEventLoopDelay({ resolution: 1 });
delay.enable();
const server = made.default.listen(0, '127.0.0.1', () => {
  process.send({ port: server.address().port, rss: process.memoryUsage.rss(), token: made.token });
});
process.on('message', () => {
  const { user, system } = process.cpuUsage();
  // What has blocked the loop is counted when its timer runs, once it is free again.
  setTimeout(() => {
    process.send({ rss: process.memoryUsage.rss(), cpu: user + system, blocked: delay.max / 1e6 });
    delay.reset();
  }, 20);
});
process.on('disconnect', () => process.exit());
