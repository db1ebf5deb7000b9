"""Words that no caption uses and that are understood all the same, as pure data: what else people call a thing."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

_SUBJECTS = """
dog: samoyed, dalmatian, dalmation
dog: collie, husky, terrier, dachshund, beagle, spaniel, canine, bulldog, corgi, mongrel, whelp, doggo, bow-wow
cat: siamese, persian cat, moggy, pussycat, lynx, tabby cat, house cat, alley cat, bobcat
fox: arctic fox, foxy, fennec
wolf: werewolf, coyote, dingo, jackal, she-wolf
bear: bruin, kodiak, black bear, honey bear
tiger: big cat, sabre-toothed tiger
leopard: panther, puma, cougar, ocelot
horse: colt, filly, mustang, nag, clydesdale, shire horse
deer: hart, roe, caribou, antelope, gazelle, impala
cow: heifer, dairy cattle, cattle
pig: swine, porker
sheep: woolly lamb, merino
elephant: pachyderm, jumbo, tusker
mammoth: mastodon, ice age elephant
monkey: baboon, simian, ape, capuchin, gibbon, lemur
gorilla: king kong
rabbit: cottontail, jackrabbit, hares
mouse: dormouse, shrew, vole
squirrel: marmot, gopher
hedgehog: urchin, echidna
frog: bullfrog, tadpole, froggy
crocodile: caiman, gharial
turtle: terrapin, tortoises
lizard: newt, chameleon, salamander, skink, komodo dragon
snake: viper, boa, anaconda, rattlesnake, adder
dinosaur: stegosaurus, triceratops, brachiosaurus, long neck
t_rex: t rex, velociraptor, raptor, allosaurus
dragon: wyvern, drake dragon, hydra
snail: slug, gastropod
ladybird: ladybirds, lady bug
spider: spiders, daddy longlegs, arachnid
hamster: gerbil, chinchilla
raccoon: trash panda, coati
otter: mink, weasel, ferret, stoat
chick: chickie, nestling, baby bird
bird: finch, canary, nightingale, tit, wren, swallow, lark, blue tit, magpie, hummingbird, kingfisher
eagle: vulture, kite bird, condor, osprey, kestrel, buzzard
dove: seagull, gull, turtledove, albatross
duck: wild duck, waterfowl
flamingo: heron, stork, crane bird, ibis, ostrich, emu
owl: owlet, tawny owl
crow: jackdaw, rook
penguin: penguins, puffin
parrot: parakeet, budgie, toucan, lovebird
bee: hornet, bumble bee
butterfly: swallowtail, butterflies
fish: trout, cod, mackerel, herring, carp, piranha, eel
tropical_fish: goldfish, nemo, koi, exotic fish
shark: hammerhead, tiger shark, jaws
whale: orca, killer whale, narwhal, leviathan
octopus: octopi, devilfish
jellyfish: man-of-war
crab: crustacean, king crab
turtle: leatherback
suv: rover, mars rover
car: limousine, convertible, hatchback, cabriolet, coupe, roadster, saloon car
taxi: uber, black cab
bus: omnibus, double-decker
train: rail engine, freight train
fast_train: intercity, maglev
bicycle: unicycle, tricycle, tandem, velocipede, cycle
motorcycle: harley, chopper bike
lorry: juggernaut, tanker truck
sailboat: schooner, catamaran, sloop, ketch, sail boat
ship: warship, frigate, tugboat, steamer, freighter, trawler
canoe: punt, gondola boat, paddle boat
aeroplane: jumbo jet, concorde, flight
small_plane: biplane, glider, cessna
rocket: shuttle, space shuttle, starship
ufo: unidentified flying object, mothership
balloon: balloons
hot_air_balloon: airship, zeppelin, blimp
pirate_ship: tall ship, viking ship, corsair ship, buccaneer ship
helicopter: copter, gyrocopter
candle: tealight, candlelight flame
lantern: lampion, hanging lamp
teapot: samovar
robot: cyborg, mech, machine man, bot
ghost: poltergeist, wraith, apparition, ghoul, banshee
alien: spaceling, little green man
fluffy_monster: yeti, bigfoot, sasquatch, beast, gremlin, furball, cookie monster
ogre: orc, giant ogre, demon ogre
goblin: hobgoblin, gnome
elf: dwarf, hobbit, leprechaun
wizard: merlin, gandalf, conjurer
witch: hag, crone
astronaut: space man, space traveller, space traveler
fairy: tinker bell, nymph
mermaid: siren, mermaids
superhero: batman, spiderman, hero
vampire: nosferatu
skull: skeleton
doctor: surgeon, paramedic
police_officer: constable, bobby
guard: soldier, trooper
ninja: samurai, warrior, assassin
king: emperor, tsar
princess: cinderella, snow white, sleeping beauty, rapunzel, empress, duchess
builder: carpenter, construction crew
woman: female, madam, businesslady, women
man: person, someone, somebody, young man, male, bloke, dude, several people, people, pedestrians, shoppers, passers-by
dancer: ballerina, ballet dancer, figure skater, ice skater
runner: athlete, racer
child: children, kids, preschooler
girl: daughter, granddaughter, sister, goldilocks, red riding hood, little red riding hood, alice, gretel, blonde girl
girl: blond girl
boy: son, grandson, brother, hansel, pinocchio
woman: mum, mom, mama, mam, hairdresser, waitress
man: postman, viking, waiter, barber, boxer, climber, human, mail carrier
baby: bambino
grandfather: senior, old gentleman
grandmother: nana, old lady
guitar: stratocaster, gibson guitar, ukulele, banjo, mandolin, lute
trumpet: tuba, trombone, piccolo, horn
drum: drums, bongo, tambourine
violin: stradivarius, viola
rose: roses, rosebud
daisy: marguerite, wildflower, poppy
lotus: orchid
leafy_tree: willow, birch, chestnut tree, apple tree
fir_tree: larch, conifer
cactus_plant: succulent
orange_fruit: satsuma, mango
noodles: spaghetti, pasta
hamburger: sandwich, whopper
cake: gateau, sponge cake
cottage: mansion, cabin, bungalow, chalet
office_tower: high-rise
gift: parcel, presents
football: ball, football ball
heart: hearts, valentine
fountain: trevi fountain, the trevi
ferris_wheel: london eye
keyboard_piano: steinway, grand piano
tent: yurt, wigwam, tepee, teepee
laptop: macbook
giraffe: girafe, giraff, girrafe, giraph
penguin: pengiun, penquin, pinguin
dinosaur: dinosuar, dinosour, dinosaurus, dinasaur
unicorn: unicron, unicon
elephant: elefant, elephent, elaphant
rabbit: rabit, rabbitt
butterfly: butterfy, buterfly, butterlfy
helicopter: helicoptor, helecopter
monkey: monky, mokey
dragon: dragan, dargon
astronaut: astronout, astranaut
kangaroo: kangeroo, kangroo
octopus: octapus, octupus
crocodile: crocodil, crocadile
squirrel: squirel, squirell
turtle: turtel
wizard: wizzard, wizerd
"""
_OTHERS = """
place/meadow: serengeti, great plains, the plains, highlands, flower field
place/meadow: prairie, pasture, grasslands, savanna, savannah, lawn, steppe, hills, hillside, hilltop, valley
place/meadow: rolling hills, moor, heath
place/snow: tundra, glacier, snowscape, arctic, antarctica, the alps, snow-covered, snow covered
place/snow: snow capped mountains, iceberg, ice floe, alpine, mountaintop, mountain peak, mountain pass, mountains
place/snow: mountain
place/forest: yosemite, sherwood, black forest, taiga, lianas
place/forest: grove, woodlands, thicket, copse, undergrowth
place/city: metropolis, boulevard, avenue, high street, sidewalk, bustling city, downtown street, town square, plaza
place/city: gotham, brooklyn, manhattan, times square, soho, traffic jam, rush hour, traffic, parking lot, city square
place/city: train station, railway station, subway station, bus station, bus stop, airport, gas station
place/city: motorway, highway, suburb, suburbs, skyline, rooftop, rooftops, alley, alleyway, crossroads
weather/petals: cherry blossoms, cherry blossom, cherry blossoms falling, falling cherry blossoms, cherry blossom petals
weather/snowfall: starts to snow, begins to snow, it snows
weather/snowfall: snow falling, snow falls, snow drifting down
time/day: in spring, in the spring, spring day, springtime
time/dawn: sun rises, sun is rising, sun comes up
time/dusk: sun sets, sun is setting, sun goes down
time/night: small hours, wee hours, starry, starry sky, starry night sky, night sky
framing/wide: establishing shot, wide establishing shot, wide view, wide-angle, full shot
style/film_bw: black-and-white, monochrome, noir
camera/tracking: camera tracks, the camera tracks
camera/handheld: camera shakes, the camera shakes
style/pixel: pixel-art, 8 bit, pixelated
action/walk: follows, following, goes, going, moves, moving, comes
action/float: rise, rises, rising
action/look: looks, looking
place/tokyo: ginza, shinjuku, harajuku, akihabara, asakusa
place/tokyo: kyoto, shibuya, sakura, japanese city, shrine, bazaar, night market, food stalls, osaka
place/reef: great barrier reef, coral garden, underwater world
place/reef: sea floor, seabed, aquarium, shipwreck, seafloor, ocean floor, kelp forest
place/beach: lagoon, sandbank, seashore, shoreline, coast, seaside resort, island, desert island
place/desert: grand canyon, death valley, route 66, badlands, egypt, kalahari
place/desert: wasteland, arabia, gobi, outback, canyon, oasis, mesa
place/space: cosmos, lunar surface, mars, orbit, galaxy, crater, nebula, asteroid
subject/programmer: hacker, computer hacker
group/animals: animals, wildlife, beasts, zoo animals, wild animals, creatures, critters
group/sea: sea creatures, sea creature, sea life, marine life, sea animals, marine animals
group/sea: creatures of the deep, creatures of the sea
place/room: lounge, parlour, parlor, sitting room, apartment, bedroom, fireplace, attic, hallway, nursery, fireside
place/village: countryside town, settlement, old town, cottages
place/farm: barnyard, stables, henhouse, pigsty, haystack, paddock
place/farm: ranch, orchard, vineyard, wheatfield
place/river: swamp, marsh, bayou, canal, waterfall, wetland, reeds
place/castle: versailles, neuschwanstein, hogwarts, camelot, citadel
place/castle: dungeon, throne room, ramparts, battlements
place/kitchen: bakery, restaurant, cafe, diner
place/library: classroom, bookcase, study room
place/stage: carnegie hall, la scala, playhouse, the boards, ballroom floor
place/stage: opera, opera house, arena, concert, rock concert
place/gallery: louvre, the uffizi
place/gallery: exhibition hall, showroom
place/cave: tunnel, coal mine, mine shaft
place/park: central park, hyde park, botanical garden
place/park: backyard, courtyard, greenhouse
place/ocean: briny deep, the deep blue, swell, the seven seas
place/zoo: wildlife park, name of the zoo on a big sign, zoo sign, sign of the zoo
place/jungle: amazon rainforest, the amazon, congo
place/harbour: dockside
place/sky: heavens, stratosphere
place/volcano: molten rock, magma, crater of fire, lava field
weather/rain: shower, thunderstorm, hailstorm, storm, wet weather
weather/snowfall: flurries, sleet
weather/fog: smog
time/night: at midnight, after dark
time/dusk: gloaming, sundown
time/day: noontime, lunchtime, daytime
place/beach: maui, hawaii, bali, caribbean, big sur, malibu, miami, bahamas, maldives, riviera, ipanema, tahiti, cliff
place/beach: cliffs, coastline, cove, polynesia, tropical island, bondi, santa monica, waikiki, seychelles
place/ocean: the waters, blue waters, tropical waters, tidal wave, tsunami, open water, surf, turquoise waters, high sea
place/desert: california, wild west, old west, western town, gold rush, nevada, arizona, utah, namibia
place/desert: salt flats, salt desert
place/village: santorini, cotswolds, shire, bavaria, hobbiton
place/harbour: burano, venice, fishing village, canals
place/snow: greenland, iceland, lapland, siberia, north pole, south pole, himalayas, everest, norway, ski slope, icy
place/jungle: borneo, costa rica, madagascar, sumatra
place/meadow: scotland, ireland, new zealand, dirt road, gravel road, country road, country lane, grass, wales
place/forest: redwoods, pine trees, fir trees, tall pines, bamboo forest, enchanted forest
place/room: in bed, on a sofa, on the sofa, on a couch, on the couch, crib
place/room: office, hotel room, bathroom
place/room: dining room, dining table, windowsill, window sill, playroom, rug
place/sky: through the clouds, in the clouds, among the clouds, between the clouds, among clouds, between clouds
place/sky: over the clouds, over clouds, above clouds, amid the clouds, above the world, piece of cloud
place/park: zen garden, picnic, fairground, amusement park, theme park
place/forest: forrest, foresst
place/castle: castel
place/city: construction site, skyscrapers, street corner
place/cave: cave walls, catacombs
weather/snowfall: winter storm, ice storm, snow storm
weather/rain: lightning, lightning bolt, lighting bolt, lightning bolts, lighting bolts, stormy, tempest, hurricane
weather/fog: sandstorm, dust storm
weather/confetti: carnival, festival, lunar new year, party, birthday party, parade
weather/stars: fireworks, firework
place/reef: deep ocean, deep sea, ocean depths, depths of the sea, depths of the ocean
place/reef: beneath the waves, below the waves
time/day: in the sun, under the sun
time/dusk: blue hour, last light
time/golden: magic hour, magic light
camera/arc: rotates around, camera rotates around, the camera rotates, circles around, orbits around
camera/dolly_in: drone view, drone shot, drone footage, drone flies, flythrough, fly-through
framing/wide: aerial view, aerial shot, bird's eye view, bird's-eye view, panorama, panoramic view, vast
framing/close: depth of field, shallow depth of field, bokeh
framing/close: extreme close-up, extreme close up, macro, macro shot, closeup
style/film_bw: historical footage, archival footage, vintage footage, newsreel, silent film, film noir, 1920s film
style/clay: stop motion, stop-motion
style/papercraft: origami
action/run: chases, chase, chasing, darts, darting, romps, romping, races after, speeds up, speeds
action/walk: explores, exploring, crawls, crawling, creeps, creeping, crosses, crossing
action/dance: plays, playing, disco dances, juggles, juggling
action/jump: frolicking, fights, fighting, battling, battles
action/look: howls, howling, blinks, blinking, wonders, ponders, pondering, dreams, reads, reading
action/run: slides down, sliding down, slides, slide down
action/fly: takes off, lifts off, blasts off, launches
action/walk: shopping, browsing, window-shopping, bustles, patrols
action/walk: lumbers, waddles, struts, paces, hikes, shuffles, toddles, tread, treads slowly, walk about, walks about
action/run: charging, zips, zipping, scurries, stampedes, hurtles, dashing
action/run: ran, fled
action/walk: went, crept, ski, skiing
action/fly: flew
action/swim: swam
action/stand: stood, sat, slept
action/drive: rode, drove, travels, traveling, travelling
action/arrive: came, came in
action/leave: went away, rode away
action/run: bolts, flees, sprinting, zooms, tears along, running along
action/jump: frolics, springs, pounces, vaults
action/dance: does a jig, a little jig, the cha-cha, tango, breakdances, does ballet
action/dance: twerks, waltzes, bops, jives
action/spin: twirling around, revolves
action/fly: fly, glides, swoops, flits, wings its way
action/swim: snorkels, wades
action/float: levitating, wafts, glides weightlessly
action/stand: lingers, idles, stays, lies, sleeps, sleeping
action/look: look around, stares, observes, peeks, gazes, scans
action/wave: waves, wave hello, beckons, greets
action/leave: go away, vanishes, wanders off, retreats
action/arrive: turns up, appears, emerges
action/grow: sprouts, blooms, enlarges
action/roll: trundles, spins along the ground
action/drive: steers, drives past, motors
action/sail: floats on the water, yachts, navigates, sail
action/kneel: kneeling beside, stoops, bows, hunkers down
"""


def _read(table: str, kind: str | None) -> Mapping[tuple[str, str], tuple[str, ...]]:
    out: dict[tuple[str, str], tuple[str, ...]] = {}
    for line in table.strip().splitlines():
        key, _, words = line.partition(": ")
        where, _, identity = key.rpartition("/")
        place = (kind or where, identity)
        out[place] = (*out.get(place, ()), *(word.strip() for word in words.split(",")))
    return MappingProxyType(out)


HEARD: Mapping[tuple[str, str], tuple[str, ...]] = MappingProxyType(
    {**_read(_SUBJECTS, "subject"), **_read(_OTHERS, None)}
)
"""Wordings by kind and id."""
