import { readFileSync,writeFileSync } from 'node:fs';
import { startBrowser } from '../../../src/reports/browser.js';
import { test } from 'vitest';
test('d', async()=>{
 const s=await startBrowser({executable:null});
 const full=readFileSync('/tmp/rep/drift.html','utf8');
 for(const [mode,html] of Object.entries({simple:'<p>hello world</p>',full,nocsp:full.replace(/<meta http-equiv[^>]*>/,'')})){
  const p=await s.browser.newPage();
  p.on('console',m=>console.log(mode,m.text().slice(0,300))); p.on('requestfailed',r=>console.log('failed',mode,r.url().slice(0,60),r.failure()?.errorText));
  await p.setContent(html,{waitUntil:'load'});
  const b=await p.pdf({preferCSSPageSize:true,printBackground:true,tagged:true,outline:true});
  writeFileSync('/tmp/rep/d-'+mode+'.pdf',b);
  console.log(mode,b.length, await p.evaluate(async()=>[ [...document.fonts].slice(0,2).map(f=>f.family+f.status).join(), String(await [...document.fonts][0]?.load().catch(e=>e.message)), getComputedStyle(document.body).fontFamily]));
  await p.close();
 }
 console.log(s.browser.process()!.spawnargs.join(' '));
 await s.close();
},100000);
