import { writeFileSync } from 'node:fs';
import * as f from '/work/main/test/fixtures/report-snapshots.js';
import { renderReport } from '/work/main/src/reports/render-report.js';
import { PdfPrinter } from '/work/main/src/reports/pdf-printer.js';
import { test } from 'vitest';
const which=(process.env.W??'drift,clean,inconclusive,failed,hostile').split(',');
test('x', async()=>{
const p=new PdfPrinter({executable:null});
try{
for(const w of which){
 const s=w.startsWith('large')?f.largeSnapshot(Number(w.slice(5))):(f as any)[w+'Snapshot'];
 let t=Date.now();
 const h=renderReport(s,{theme:w===process.env.GREY?'grey':'colour'}); const t1=Date.now()-t; t=Date.now();
 writeFileSync(`/tmp/rep/${w}.html`,h);
 const b=await p.printPdf(h);
 console.log(w,h.length,t1+'ms',b.length,(Date.now()-t)+'ms');
 writeFileSync(`/tmp/rep/${w}.pdf`,b);
}}finally{await p.close()}
},300000);
